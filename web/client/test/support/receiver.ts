import { createServer, type IncomingHttpHeaders } from "node:http";

/** A request that a webhook brought. */
export interface Delivered {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that webhooks lead to, answering with the status of the moment. */
export async function receiver() {
  const requests: Delivered[] = [];
  const answer = { status: 200 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    requests,
    answer,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
