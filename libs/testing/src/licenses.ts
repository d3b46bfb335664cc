import { LicenseAdmin, openLicenseOrm, parseLicenseReference, type LicenseReference } from '@white-rabbit/license';

/** Terms of licenses for a test. */
export interface Order {
  readonly count: number;
  /** Default: 1. */
  readonly maxDevices?: number;
  /** Default: never. */
  readonly expiresAt?: Date;
}

/** A license as it was issued. */
export interface Issued {
  readonly license_key: string;
  readonly id: string;
}

/** License administration for tests: issues, revokes and releases licenses in one database. Close it after use. */
export class Licenses {
  readonly #admin: LicenseAdmin;
  readonly #close: () => Promise<void>;

  private constructor(admin: LicenseAdmin, close: () => Promise<void>) {
    this.#admin = admin;
    this.#close = close;
  }

  /** For a database at this version's schema. */
  static async open(databaseUrl: string): Promise<Licenses> {
    const orm = await openLicenseOrm({ databaseUrl, poolSize: 2 });
    return new Licenses(new LicenseAdmin(orm), () => orm.close());
  }

  async issue({ count, maxDevices = 1, expiresAt }: Order): Promise<readonly Issued[]> {
    const issued: Issued[] = [];
    for await (const batch of this.#admin.issue(count, { maxDevices, expiresAt: expiresAt ?? null })) {
      issued.push(...batch.map(({ key, id }) => ({ license_key: key, id })));
    }
    return issued;
  }

  /** Revokes the license of this key. */
  async revoke(licenseKey: string): Promise<void> {
    await this.#admin.revoke(reference(licenseKey));
  }

  /** Restores the revoked license of this key. */
  async restore(licenseKey: string): Promise<void> {
    await this.#admin.restore(reference(licenseKey));
  }

  /** Removes the binding of a device to the license of this key. */
  async release(licenseKey: string, deviceId: string): Promise<void> {
    await this.#admin.release(reference(licenseKey), deviceId);
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

function reference(licenseKey: string): LicenseReference {
  const found = parseLicenseReference(licenseKey);
  if (!found) throw new Error('This is not a license key.');
  return found;
}
