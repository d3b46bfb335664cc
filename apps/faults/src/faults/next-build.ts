const NEXT = `import {registerHooks} from 'node:module';
registerHooks({load(url,context,next){
  const loaded=next(url,context);
  if(!url.endsWith('/rpc/publish-codec.js'))return loaded;
  const source=String(loaded.source).replace("VERSION = '1'","VERSION = '2'").replace('/^1 (','/^2 (');
  return {...loaded,source};
}});`;

/**
 * An option of Node for a gateway: its node messages have version 2, and it accepts no other. What a build with a new header
 * would do, made of this one.
 */
export const NEXT_BUILD = `--import=data:text/javascript,${encodeURIComponent(NEXT)}`;
