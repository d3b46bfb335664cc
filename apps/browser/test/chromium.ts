import { chromium, type Browser } from 'playwright-core';

const FLAGS = [
  // Tests run as root in containers, where Chromium's sandbox is not available. Chromium opens only the page of this repository.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Without these flags a page without permission for the microphone offers multicast DNS names instead of its
  // addresses, which werift does not look up, and no addresses at all if loopback is the only network.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
  // Do not throttle background pages: the tests read all of them.
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Starts Chromium with a temporary profile. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}
