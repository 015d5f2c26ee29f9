// SPDX-License-Identifier: EUPL-1.2
import type { DeliverySettings, FitConnectSimulator, SimulatedDestination } from './delivery-service.js';
import { publicHalf, testKey, testKeyText } from './keys.js';
import { SAMPLE_SCHEMA, SAMPLE_SERVICE } from './submissions.js';

/** The destination of the examples. */
export const EXAMPLE_DESTINATION = '879ee109-a690-4db8-ab32-424284184d7d';
/** The example secret of the Submission API. */
export const EXAMPLE_CALLBACK_SECRET = 'insecure_unsafe_qHScgrg_kP-R31jHUwp3GkVkGJolvBchz65b74Lzue0';

/** A destination with a current and a former key. */
export function exampleDestination(destinationId = EXAMPLE_DESTINATION): SimulatedDestination {
  const keys = (['encryption', 'encryption-old', 'signing'] as const).map((name) => publicHalf(testKey(name)));
  return {
    destinationId,
    status: 'active',
    services: [
      {
        identifier: SAMPLE_SERVICE.identifier,
        regions: ['DE057110000000'],
        submissionSchemas: [{ schemaUri: SAMPLE_SCHEMA, mimeType: 'application/json' }],
      },
    ],
    encryptionKid: testKey('encryption').kid,
    keys,
  };
}

/** A delivery service with example destinations, and one client that may do everything. */
export function exampleSettings(destinationIds: readonly string[] = [EXAMPLE_DESTINATION]): DeliverySettings {
  return {
    serviceKey: testKey('service'),
    client: { id: 'amtsbote', secret: 'simulator-client-secret' },
    destinations: destinationIds.map(exampleDestination),
  };
}

/** What an endpoint's configuration says to subscribe to them. */
export function exampleOptions({ apiUrl, tokenUrl, settings }: FitConnectSimulator): Record<string, unknown> {
  return {
    baseUrl: apiUrl,
    tokenUrl,
    clientId: settings.client.id,
    clientSecret: settings.client.secret,
    destinations: settings.destinations.map(({ destinationId }) => ({
      id: destinationId,
      decryptionKeys: [testKeyText('encryption'), testKeyText('encryption-old')],
      signingKey: testKeyText('signing'),
      callbackSecrets: [EXAMPLE_CALLBACK_SECRET],
      services: [{ identifier: SAMPLE_SERVICE.identifier, schemas: [SAMPLE_SCHEMA] }],
    })),
  };
}
