/**
 * Where a conversation is at: on its way · it rings there · it rings here and waits for an answer · both sides look for
 * a way to each other · texts go straight there · the way is interrupted and may come back.
 */
export type Stage = 'calling' | 'ringing there' | 'ringing here' | 'connecting' | 'talking' | 'interrupted';
