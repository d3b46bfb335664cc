import type { Language } from './model-project.js';

/** Where Debian's packages put the sources of crates. */
const DEBIAN_CRATES = '/usr/share/cargo/registry';

const CARGO_CONFIG = `[source.crates-io]
replace-with = "debian"

[source.debian]
directory = "${DEBIAN_CRATES}"
`;

const program = (frames: readonly string[]) => `use serde::{de::DeserializeOwned, Serialize};
use std::io::BufRead;

fn round_trip<T: DeserializeOwned + Serialize>(text: &str) -> String {
    let frame: T = serde_json::from_str(text).expect("a frame");
    serde_json::to_string(&frame).expect("a text")
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (name, text) = line.split_once('\\t').expect("a name and a text");
        let encoded = match name {
${frames.map((name) => `            "${name}" => round_trip::<models::${name}>(text),`).join('\n')}
            _ => panic!("no type {}", name),
        };
        println!("{}", encoded);
    }
}
`;

/** A Rust package with serde from Debian's packages, so that no registry of crates is needed. */
export const RUST: Language = {
  name: 'rust',
  models: '.',
  files: (frames) => ({ 'src/main.rs': program(frames), 'cargo.toml.local': CARGO_CONFIG }),
  build: [['cargo', '--config', 'cargo.toml.local', 'build', '--offline', '--quiet']],
  program: 'target/debug/models',
  env: () => ({}),
};
