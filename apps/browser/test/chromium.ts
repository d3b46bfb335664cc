import { chromium, type Browser } from 'playwright-core';

const FLAGS = [
  // Tests run as root in containers, where Chromium's sandbox cannot be set up; it opens this repository's page alone.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Without these a page that may not use the microphone offers names of multicast DNS instead of its addresses, which
  // werift does not look up, and none at all where loopback is the only network.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--allow-loopback-in-peer-connection',
  // Pages behind another are not slowed down: all of them are looked at.
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Starts Chromium with a profile of its own, which is gone when it is closed. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}
