/** `-w protobuf`: the response's bytes and nothing else. Lease answers are reduced to the fields of their header. */
import { Event } from '../core/wire/gen/kv.ts';
import { ResponseHeader, WatchResponse } from '../core/wire/gen/rpc.ts';
import type { Out } from './out.ts';
import type { Renderers } from './printables.ts';

function headerOnly(out: Out, response: { readonly header?: ResponseHeader | undefined }): void {
  out.bytes(ResponseHeader.encode(response.header ?? ResponseHeader.create()));
}

export const protobufRenderers: Renderers = {
  watch(out, message) {
    const events = message.events.map((event) => Event.create(event));
    out.bytes(
      WatchResponse.encode(
        WatchResponse.create({
          header: message.header,
          compactRevision: message.compactRevision,
          canceled: message.canceled,
          created: message.created,
          events,
        }),
      ),
    );
  },
  leaseGrant: headerOnly,
  leaseKeepAlive: headerOnly,
  leaseTimeToLive: (out, { response }) => headerOnly(out, response),
  leaseList: headerOnly,
};
