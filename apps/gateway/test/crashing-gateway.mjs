// A gateway in which a fault that nobody catches happens at SIGUSR2, with words that no line may have.
process.on('SIGUSR2', () => {
  void Promise.reject(Object.assign(new TypeError('canary-words-of-a-fault'), { peer: 'canary-peer-of-a-fault' }));
});

// Resolves once the gateway has ended.
await import('../dist/main.js');
