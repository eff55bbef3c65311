import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

export interface FieldError {
  /** Name of the field; empty for the body as a whole. */
  field: string;
  message: string;
}

/** An answer that says what is wrong, to be thrown. The detail is shown to the caller. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: FieldError[] | undefined;

  constructor(status: number, detail: string, errors?: FieldError[]) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** Answers with `application/problem+json` (RFC 9457). */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply) {
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: STATUS_CODES[problem.status] ?? 'Error',
      status: problem.status,
      detail: problem.message,
      instance: pathOf(request),
      trace_id: request.context.trace.traceId,
      errors: problem.errors,
    });
}

/** The problem behind an error; one that nobody foresaw tells the caller nothing. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { validation, code, statusCode = 500 } = error as FastifyError;
  if (validation) return new Problem(400, 'The body is not valid.', validation.map(fieldError));
  if (statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, details[code] ?? 'The request is not valid.');
  }
  return new Problem(500, 'Something went wrong. The trace id finds it in the logs.');
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

const details: Record<string, string> = {
  FST_ERR_BAD_URL: 'The path is not valid.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than 64 KiB.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be application/json.',
};

function fieldError(error: NonNullable<FastifyError['validation']>[number]): FieldError {
  const { missingProperty, additionalProperty } = error.params;
  if (missingProperty) return { field: String(missingProperty), message: 'is required' };
  if (additionalProperty) return { field: String(additionalProperty), message: 'is not known' };
  return { field: error.instancePath.slice(1), message: error.message ?? 'is not valid' };
}
