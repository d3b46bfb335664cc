import { Controller, Get, Header, Res } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { Health, type HealthReport } from './health.js';

/** The part of an HTTP answer that a probe sets, whichever HTTP server Nest uses. */
interface Answer {
  status(code: number): unknown;
}

/**
 * The admin port: probes of the platform and the Prometheus scrape. Liveness never depends on a back end: a restart
 * would not fix the back end, and would cut sockets.
 */
@Controller()
export class AdminController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get('livez')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  ready(@Res({ passthrough: true }) answer: Answer): HealthReport {
    const report = this.health.report();
    answer.status(report.ready ? 200 : 503);
    return report;
  }

  @Get('metrics')
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
