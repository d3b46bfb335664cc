import { RINGS, workspace } from './jest.preset.mjs';

// `npm run fuzz`: the fuzz targets of every package.
const { projects, ...run } = await workspace('jest.config.mjs');
const testMatch = RINGS.fuzz.map((pattern) => `<rootDir>/{src,test}/${pattern}`);

export default { ...run, projects: projects.map((project) => ({ ...project, testMatch })) };
