import { Module } from '@nestjs/common';
import { Admission } from './admission.js';
import { Connections } from './connections.js';
import { PublicEndpoint } from './public-endpoint.js';
import { Sources } from './sources.js';

/** The public port, and the connections that it admits. */
@Module({
  providers: [Connections, Admission, Sources, PublicEndpoint],
  exports: [Connections, Admission, PublicEndpoint],
})
export class TransportModule {}
