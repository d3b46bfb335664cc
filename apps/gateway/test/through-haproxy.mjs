// Read by libs/testing: if HAProxy is available, clients of these suites reach their gateways through HAProxy with
// TLS.
process.env.WR_TEST_THROUGH ??= 'haproxy';
