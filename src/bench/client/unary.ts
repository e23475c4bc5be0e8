/** Calls with a promise, for what happens once a run and for loads that decide by the answer. */
import { StatusError } from '../../client/index.ts';
import { Code } from '../../core/errors.ts';
import type { MethodDescriptor } from '../../core/wire/codec.ts';
import type { CallSink } from './call.ts';
import type { LoadConnection } from './connection.ts';

/** Waits for one message and an OK. */
class Waiting implements CallSink {
  private answer: Buffer | undefined;
  private readonly resolve: (answer: Buffer) => void;
  private readonly reject: (error: StatusError) => void;

  constructor(resolve: (answer: Buffer) => void, reject: (error: StatusError) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  message(buffer: Buffer, start: number, end: number): void {
    this.answer = Buffer.from(buffer.subarray(start, end));
  }

  ended(code: number, text: string): void {
    if (code !== Code.OK) this.reject(new StatusError(code, text));
    else if (this.answer === undefined)
      this.reject(new StatusError(Code.Internal, 'an answer without a message'));
    else this.resolve(this.answer);
  }
}

/** @throws StatusError */
export async function call<Req, Res>(
  connection: LoadConnection,
  method: MethodDescriptor<Req, Res>,
  partial: Partial<Req> = {},
): Promise<Res> {
  const message = method.request.encode(method.request.create(partial)) as Buffer;
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const template = connection.template(method.path);
    connection.start(template, message, message.length, new Waiting(resolve, reject), true);
  });
  return method.response.decode(answer);
}
