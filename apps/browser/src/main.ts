import { Page } from './page.js';
import { keptProfile, profileOfLink } from './profile.js';

const linked = profileOfLink(location.hash);
// Remove the license key from the address and the history of the browser.
if (linked) history.replaceState(null, '', location.pathname);
new Page(linked ?? keptProfile(localStorage));
