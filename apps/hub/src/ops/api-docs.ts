// SPDX-License-Identifier: EUPL-1.2
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { SESSION_COOKIE } from './session-cookie.js';

/** The hub's HTTP interface as an OpenAPI document. */
export function apiDescription(app: NestFastifyApplication, publicUrl: string): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Amtsbote')
    .setDescription(
      'Integration hub between service portal and back office. Errors are RFC 9457 problems. 202 means accepted for good, not yet delivered.',
    )
    .setVersion('1')
    .addServer(publicUrl)
    .addBearerAuth()
    .addCookieAuth(SESSION_COOKIE)
    .setLicense('EUPL-1.2', 'https://interoperable-europe.ec.europa.eu/collection/eupl/eupl-text-eupl-12')
    .build();
  return SwaggerModule.createDocument(app, description);
}

/** Serves the description at `/docs` (page) and `/docs-json`. */
export function useApiDocs(app: NestFastifyApplication, publicUrl: string): void {
  SwaggerModule.setup('docs', app, () => apiDescription(app, publicUrl));
}
