export type ServiceErrorCode = 'not_found' | 'unavailable';

/** What can go wrong, in words of the domain. The message is shown to the caller. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
