// Preloaded into a gateway: prints the name of each module of OpenTelemetry that the gateway loads. Its API package
// is excluded: it does nothing on its own, and prom-client always loads it.
import { registerHooks } from 'node:module';

const MEANT = /@opentelemetry\/(?!api\/)|\/otlp-tracer\.js$/;

registerHooks({
  load(url, context, next) {
    if (MEANT.test(url)) console.log(`loaded ${url}`);
    return next(url, context);
  },
});
