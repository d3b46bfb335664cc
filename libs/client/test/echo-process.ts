/* eslint-disable @nx/enforce-module-boundaries -- it imports the package as the example does */
// The example of Node as a program, which prints its peer id: echo-process.ts URL LICENSE_KEY IDENTITY_FILE FRIEND
import { keepIdentityFile } from '@white-rabbit/client/node';
import { echo } from '../examples/node.js';

const [url = '', licenseKey = '', file = '', friend = ''] = process.argv.slice(2);
const { peerId } = await keepIdentityFile(file);
console.log('id:', peerId);
await echo(url, licenseKey, file, friend);
