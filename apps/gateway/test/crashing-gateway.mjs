// A gateway with an uncaught fault at SIGUSR2, whose message must not appear in any log line.
process.on('SIGUSR2', () => {
  void Promise.reject(Object.assign(new TypeError('canary-words-of-a-fault'), { peer: 'canary-peer-of-a-fault' }));
});

// Resolves when the gateway has ended.
await import('../dist/main.js');
