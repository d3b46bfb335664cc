// Read by libs/testing: clients of these suites reach their gateways through HAProxy with TLS, where it can be had.
process.env.WR_TEST_THROUGH ??= 'haproxy';
