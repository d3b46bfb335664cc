import { Controller, Get, Res } from '@nestjs/common';
import { Health, type HealthReport } from './health.js';

/** The part of an HTTP answer that a probe sets, whichever HTTP server Nest uses. */
interface Answer {
  status(code: number): unknown;
}

/**
 * Probes of the platform. Liveness never depends on a back end: a restart would not fix the back end, and would cut
 * sockets.
 */
@Controller()
export class HealthController {
  constructor(private readonly health: Health) {}

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
}
