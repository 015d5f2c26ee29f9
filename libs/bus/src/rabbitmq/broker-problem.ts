// SPDX-License-Identifier: EUPL-1.2
import type { Options } from 'amqplib';

/** The broker cannot be used, and the operator can do something about it: which broker, what is wrong, what to do. Never the password. */
export class BrokerProblem extends Error {
  override readonly name = 'BrokerProblem';

  /** @param passes whether it may be over without anybody changing the configuration: worth trying again. */
  constructor(
    message: string,
    readonly passes: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** An address, taken apart for the client. */
export interface BrokerAddress {
  readonly client: Options.Connect;
  /** How people are told of it. */
  readonly place: string;
  readonly tls: boolean;
}

const EXPECTED = 'Expected: amqp://user:password@host:5672/vhost, or amqps://… with TLS';

/** @throws BrokerProblem when it is none. */
export function addressOf(url: string): BrokerAddress {
  let parts: URL;
  let [user, password, vhost] = ['', '', ''];
  try {
    parts = new URL(url);
    [user, password] = [decodeURIComponent(parts.username), decodeURIComponent(parts.password)];
    vhost = decodeURIComponent(parts.pathname.slice(1)) || '/';
  } catch {
    throw new BrokerProblem(`bus.rabbitmq.url is no address of a broker. ${EXPECTED}`, false);
  }
  const { protocol, hostname } = parts;
  if ((protocol !== 'amqp:' && protocol !== 'amqps:') || hostname === '')
    throw new BrokerProblem(`bus.rabbitmq.url is no address of a broker. ${EXPECTED}`, false);
  const tls = protocol === 'amqps:';
  const port = parts.port === '' ? (tls ? 5671 : 5672) : Number(parts.port);
  return {
    // The client unescapes vhosts.
    client: {
      protocol: protocol.slice(0, -1),
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      // Without any, the client takes RabbitMQ's own "guest", which only the broker's own machine may use.
      ...(user === '' && password === '' ? {} : { username: user, password }),
      vhost: encodeURIComponent(vhost),
    },
    place: `The broker ${hostname}:${port} (vhost "${vhost}", user "${user || 'guest'}")`,
    tls,
  };
}

/** What is wrong and what to do; both go on after the name of the place. */
interface Finding {
  readonly found: string;
  readonly todo: string;
  readonly passes?: true;
}

/** Says what keeps the broker from being used: an error of the network, of TLS, or one of RabbitMQ's own. */
export function brokerProblem(error: unknown, address: BrokerAddress): BrokerProblem {
  if (error instanceof BrokerProblem) return error;
  const { code, message, path } = factsOf(error);
  const finding = refused(message, address) ?? untrusted(code, path) ?? unreachable(code, message, address);
  return new BrokerProblem(`${address.place} ${finding.found}.\n${finding.todo}`, finding.passes ?? false, error);
}

function refused(message: string, { client }: BrokerAddress): Finding | undefined {
  const [user, vhost] = [client.username ?? 'guest', decodeURIComponent(client.vhost ?? '')];
  if (message.includes('Login was refused'))
    return {
      found: 'does not accept this user with this password',
      todo: `Correct them in bus.rabbitmq.url. The broker's log says which of the two is wrong; "guest" may only come from the broker's own machine.`,
    };
  if (/vhost .*not found/.test(message))
    return { found: 'has no such vhost', todo: `As its administrator: rabbitmqctl add_vhost '${vhost}'` };
  const permissions = `As its administrator: rabbitmqctl set_permissions -p '${vhost}' '${user}' '^amtsbote\\.' '^amtsbote\\.' '^amtsbote\\.' (with another bus.rabbitmq.prefix, that one)`;
  // The client keeps to itself what the broker answers at this point of the handshake.
  if (message.includes('Expected ConnectionOpenOk; got <ConnectionClose'))
    return {
      found: 'does not open the vhost: there is none of this name, or it does not let this user in (its log says which)',
      todo: `As its administrator: rabbitmqctl add_vhost '${vhost}', or rabbitmqctl set_permissions -p '${vhost}' '${user}' '^amtsbote\\.' '^amtsbote\\.' '^amtsbote\\.'; or raise its limit of connections.`,
    };
  if (/access to vhost .* refused/.test(message)) return { found: 'does not let this user into the vhost', todo: permissions };
  const denied = /ACCESS[_-]REFUSED - (access to \w+ '[^']*')/.exec(message);
  if (denied !== null) return { found: `refuses this user the ${denied[1] ?? 'access'}`, todo: permissions };
  const other = /PRECONDITION[_-]FAILED - (inequivalent arg '[^']*' for \w+ '[^']*')/.exec(message);
  if (other !== null)
    return {
      found: `holds something of this name that was made in another way (${other[1] ?? ''})`,
      todo: 'Delete that queue or exchange there (no message is lost: the database has them all), or choose another bus.rabbitmq.prefix.',
    };
  if (/connection limit|connections? .*limit.* reached/i.test(message))
    return { found: 'has no connection left for the hub', todo: 'Raise its connection limits: every worker takes two.', passes: true };
  return undefined;
}

const UNKNOWN_SIGNER = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

function untrusted(code: string, path: string): Finding | undefined {
  if (UNKNOWN_SIGNER.includes(code))
    return {
      found: `has a certificate that nobody vouches for whom the hub trusts (${code})`,
      todo: 'Name the file with the certificate of its authority in bus.rabbitmq.caFile.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      found: `has a certificate that is made out to another name (${code})`,
      todo: 'Use in bus.rabbitmq.url the name that its certificate holds, or give it one for this name.',
    };
  if (code === 'CERT_HAS_EXPIRED') return { found: `has a certificate that has expired (${code})`, todo: 'Renew it.' };
  if ((code === 'ENOENT' || code === 'EACCES') && path !== '')
    return { found: `is to be trusted by a file that cannot be read (${code}): ${path}`, todo: 'Correct bus.rabbitmq.caFile.' };
  return undefined;
}

function unreachable(code: string, message: string, { tls }: BrokerAddress): Finding {
  const correct = 'correct host and port in bus.rabbitmq.url';
  const passes = true;
  if (code === 'ECONNREFUSED')
    return { found: `cannot be reached: nothing listens there (${code})`, todo: `Start RabbitMQ there, or ${correct}.`, passes };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { found: `cannot be reached: its name is not known (${code})`, todo: `Mend the name service, or ${correct}.`, passes };
  if (['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].includes(code) || /ETIMEDOUT|timeout/i.test(message))
    return {
      found: 'does not answer',
      todo: `Look whether it is overloaded, let the firewall pass the hub, or ${correct}.`,
      passes,
    };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return { found: `speaks no TLS on this port (${code})`, todo: 'RabbitMQ has it on 5671 by default: correct the port, or use amqp://' };
  return {
    found: `closes the connection (${code === '' ? message.slice(0, 200) : code})`,
    todo: `Look into its log, and whether RabbitMQ listens there${tls ? '' : ' (with TLS: amqps://, port 5671)'}, or ${correct}.`,
    passes,
  };
}

function factsOf(error: unknown): { code: string; message: string; path: string } {
  const { code, message, path } = Object(error) as { code?: unknown; message?: unknown; path?: unknown };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { code: text(code), message: text(message), path: text(path) };
}
