/** Nobody answered as a host: the page was opened by itself, or the host is of an incompatible version. */
export class NoHostError extends Error {
  override readonly name = 'NoHostError';

  constructor() {
    super('No Chung host answered. A mini-app runs inside the Chung app, or in `chung dev`.');
  }
}

/** This host is older than the operation. Offer the function once the member has updated the app. */
export class HostTooOldError extends Error {
  override readonly name = 'HostTooOldError';
  readonly minimumHost: number;

  constructor(operation: string, minimumHost: number) {
    super(`${operation} needs version ${minimumHost} of the Chung app; ask the member to update it.`);
    this.minimumHost = minimumHost;
  }
}

/** The host does not let mini-apps call this operation, or does not know it. */
export class UnknownOperationError extends Error {
  override readonly name = 'UnknownOperationError';

  constructor(operation: string) {
    super(`The host has no operation ${operation} for mini-apps.`);
  }
}
