import {
  accepted,
  LicenseRepository,
  type ChangePage,
  type DatabaseTime,
  type LicenseId,
  type RegisterRequest,
  type Verdict,
} from '@white-rabbit/license';
import type { DeviceId, PeerId, PublicKey } from '@white-rabbit/protocol';

/** The license with which the fake repository accepts every device. */
export const LICENSE = '00000000-0000-4000-8000-000000000001' as LicenseId;

/** Licenses without a database: the test sets the answer to each query. */
export class FakeLicenses extends LicenseRepository {
  override readonly waiting = 0;
  override readonly limit = 10;
  readonly asked: {
    readonly key: string;
    readonly device: DeviceId;
    readonly peer: PeerId;
    readonly wantsTransfer: boolean;
    readonly publicKey?: PublicKey;
  }[] = [];
  /** The answer to the next queries. */
  verdict: () => Verdict | Promise<Verdict> = () => accepted(LICENSE);

  override async authorize(
    key: string,
    device: DeviceId,
    peer: PeerId,
    { wantsTransfer = false, publicKey }: RegisterRequest = {},
  ): Promise<Verdict> {
    this.asked.push({ key, device, peer, wantsTransfer, ...(publicKey && { publicKey }) });
    return this.verdict();
  }

  override changedSince(): Promise<ChangePage> {
    return Promise.resolve({ changes: [], asOf: '' as DatabaseTime, next: undefined });
  }

  override peersOn(): Promise<ReadonlyMap<LicenseId, ReadonlySet<PeerId>>> {
    return Promise.resolve(new Map());
  }
}
