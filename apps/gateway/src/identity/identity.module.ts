import { Module } from '@nestjs/common';
import { Challenges } from './challenges.js';
import { ProofCheck } from './proof-check.js';

/** The proof that a client has the key of its identity. */
@Module({ providers: [Challenges, ProofCheck], exports: [Challenges, ProofCheck] })
export class IdentityModule {}
