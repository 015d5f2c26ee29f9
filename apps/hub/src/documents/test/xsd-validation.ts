// SPDX-License-Identifier: EUPL-1.2

/**
 * Validates XML against an XSD with libxml2 (WebAssembly). The library uses top-level await: it is loaded here only, and late.
 * @returns what is wrong, empty when the document is valid.
 */
export async function schemaViolations(xml: string, xsd: string): Promise<readonly string[]> {
  const { XmlDocument, XmlValidateError, XmlParseError, XsdValidator } = await import('libxml2-wasm');
  const schema = XmlDocument.fromString(xsd);
  const validator = XsdValidator.fromDoc(schema);
  try {
    const document = XmlDocument.fromString(xml);
    try {
      validator.validate(document);
      return [];
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof XmlValidateError || error instanceof XmlParseError)) throw error;
    const details = error.details.map(({ message }) => message);
    return details.length === 0 ? [error.message] : details;
  } finally {
    validator.dispose();
    schema.dispose();
  }
}
