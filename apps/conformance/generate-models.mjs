#!/usr/bin/env node
// Generates types of all frames from docs/asyncapi.yaml with Modelina: npm run models -w apps/conformance -- go|rust FOLDER
// Prints the names of the types, one a line.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GO_COMMON_PRESET, GoFileGenerator, RUST_COMMON_PRESET, RustFileGenerator } from '@asyncapi/modelina';
import { parse } from 'yaml';

const DOCUMENT = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url));

// The types ignore unknown fields, as docs/protocol.md asks of a client.
const processorOptions = { interpreter: { ignoreAdditionalProperties: true } };

// Modelina derives Eq also for a type that contains one without it, and then Rust does not compile.
const DERIVED = { struct: { structMacro: () => '#[derive(Clone, Debug, Deserialize, Serialize)]' } };

const GENERATORS = {
  go: (document, folder) => {
    const presets = [{ preset: GO_COMMON_PRESET, options: { addJsonTag: true } }];
    return new GoFileGenerator({ presets, processorOptions }).generateToFiles(document, folder, {
      packageName: 'models',
    });
  },
  rust: (document, folder) => {
    const about = { homepage: '', repository: '', license: 'UNLICENSED', description: '', authors: [] };
    return new RustFileGenerator({ presets: [RUST_COMMON_PRESET, DERIVED], processorOptions }).generateToPackage(
      document,
      folder,
      { supportFiles: true, package: { packageName: 'models', packageVersion: '1.0.0', edition: '2018', ...about } },
    );
  },
};

/** The document without the channel: Modelina would make a union of all messages of one, which no decoder can tell apart. */
function messagesOnly() {
  const document = parse(readFileSync(DOCUMENT, 'utf8'));
  delete document.channels;
  delete document.operations;
  return document;
}

const [language, folder] = process.argv.slice(2);
const generate = GENERATORS[language];
if (!generate || !folder) {
  console.error('usage: generate-models.mjs go|rust FOLDER');
  process.exitCode = 2;
} else {
  for (const { modelName } of await generate(messagesOnly(), folder)) if (modelName) console.log(modelName);
}
