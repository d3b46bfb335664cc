/** DI token of the pino logger, whose type is no class. */
export const LoggerToken = Symbol('Logger');
