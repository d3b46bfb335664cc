/** The `proof` of a `register`. */
export interface Proof {
  readonly public_key: string;
  readonly signature: string;
}

/** `data` of `register`, with any value that a test wants to try. */
export interface Registration {
  readonly license_key: string;
  readonly device_id: string;
  readonly peer_id: string;
  readonly contacts?: readonly string[];
  readonly transfer?: boolean;
  readonly proof?: Proof;
}
