/** DI tokens of things whose types are no classes. */
export const NodeIdToken = Symbol('NodeId');
export const EnginesToken = Symbol('Engines');
