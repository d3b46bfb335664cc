import { join } from 'node:path';
import type { Language } from './model-project.js';

const program = (frames: readonly string[]) => `package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"whiterabbit/models"
)

var types = map[string]func() any{
${frames.map((name) => `	"${name}": func() any { return new(models.${name}) },`).join('\n')}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), "\\t")
		frame := types[name]()
		if err := json.Unmarshal([]byte(text), frame); err != nil {
			panic(err)
		}
		encoded, err := json.Marshal(frame)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(encoded))
	}
}
`;

/** A Go module without dependencies. */
export const GO: Language = {
  name: 'go',
  models: 'models',
  files: (frames) => ({ 'go.mod': 'module whiterabbit\n\ngo 1.19\n', 'main.go': program(frames) }),
  build: [
    ['go', 'vet', './...'],
    ['go', 'build', '-o', 'round-trip', '.'],
  ],
  program: 'round-trip',
  env: (folder) => ({ CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: join(folder, 'cache') }),
};
