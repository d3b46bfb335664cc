// Preloaded into a gateway: prints the name of each module of OpenTelemetry that it loads. Its API, which does nothing
// by itself, is not meant: prom-client always loads that.
import { registerHooks } from 'node:module';

const MEANT = /@opentelemetry\/(?!api\/)|\/otlp-tracer\.js$/;

registerHooks({
  load(url, context, next) {
    if (MEANT.test(url)) console.log(`loaded ${url}`);
    return next(url, context);
  },
});
