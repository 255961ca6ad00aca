/** Exit status of the command line for each class of error. */
export const exitStatus = {
  failure: 1,
  usage: 2,
  gate: 3,
  model: 4,
  environment: 5,
  verification: 6,
} as const;

/** Every error code of the project, with the exit status it leads to. One line a code. */
export const errorCodes = {
  E_CLI_USAGE: exitStatus.usage,
  E_DATA_FORMAT: exitStatus.failure,
  E_DATA_SHAPE: exitStatus.failure,
  E_ENV_ADDON: exitStatus.environment,
  E_ENV_CPU: exitStatus.environment,
  E_ENV_PEER: exitStatus.environment,
  E_FILE_READ: exitStatus.failure,
  E_FILE_WRITE: exitStatus.failure,
  E_FORMAT_CORRUPT: exitStatus.model,
  E_FORMAT_UNKNOWN: exitStatus.model,
  E_FORMAT_VERSION: exitStatus.model,
  E_GATE_ACCURACY: exitStatus.gate,
  E_GRAPH_INVALID: exitStatus.model,
  E_LIMIT_EXCEEDED: exitStatus.model,
  E_MODEL_NAN: exitStatus.model,
  E_NUMERICS_OVERFLOW: exitStatus.model,
  E_NUMERICS_SCALE: exitStatus.model,
  E_OP_ATTRIBUTE: exitStatus.model,
  E_OP_SHAPE: exitStatus.model,
  E_OP_UNSUPPORTED: exitStatus.model,
  E_PACKAGE_CORRUPT: exitStatus.model,
  E_PACKAGE_HASH: exitStatus.verification,
  E_PACKAGE_VERSION: exitStatus.model,
  E_RUN_INPUT: exitStatus.failure,
  E_SHAPE_DYNAMIC: exitStatus.model,
  E_TARGET_UNKNOWN: exitStatus.usage,
  E_TARGET_UNSUPPORTED: exitStatus.model,
  E_TENSOR_DTYPE: exitStatus.model,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What an error tells beside its message. `where` names a file, node, tensor or option. */
export interface ErrorDetail {
  expected?: string;
  found?: string;
  where?: string;
  remedy?: string;
}

/** The only error class that the project throws on purpose. */
export class EdgecError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EdgecError';
    this.code = code;
    this.detail = detail;
  }

  get exitStatus(): number {
    return errorCodes[this.code];
  }

  /** The object that `--json` prints under `error`. */
  toJSON(): { code: ErrorCode; message: string } & ErrorDetail {
    return { code: this.code, message: this.message, ...this.detail };
  }

  /** The same error with `where` prefixed by an outer place, such as a file. */
  within(place: string): EdgecError {
    const where = this.detail.where ? `${place}: ${this.detail.where}` : place;
    return new EdgecError(this.code, this.message, { ...this.detail, where }, { cause: this });
  }
}

/** The error of a file that cannot be read: `what` it is, such as 'the model', and what the system said. */
export const unreadable = (what: string, path: string, cause: unknown): EdgecError =>
  new EdgecError('E_FILE_READ', `cannot read ${what}`, {
    found: (cause as NodeJS.ErrnoException).code,
    where: path,
    remedy: 'check the path and its permissions',
  });
