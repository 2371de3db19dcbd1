import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { Node, Project, type InterfaceDeclaration, type SourceFile } from 'ts-morph';

/** The pinned `stripe` package, opened for reading. */
export function openSdk() {
  // `stripe` exports no package.json; its entry is two folders below the root.
  const root = dirname(dirname(createRequire(import.meta.url).resolve('stripe')));
  const project = new Project({ compilerOptions: { allowJs: true, noLib: true }, skipAddingFilesFromTsConfig: true });
  project.addSourceFilesAtPaths([
    join(root, 'esm/resources/**/*.d.ts'),
    join(root, 'esm/shared.d.ts'),
    join(root, 'esm/lib.d.ts'),
  ]);
  const apiVersion = /ApiVersion = '([^']+)'/.exec(readFileSync(join(root, 'esm/apiVersion.js'), 'utf8'))![1]!;
  const sdkVersion = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  const resources = join(root, 'esm/resources');
  return { project, resources, apiVersion, sdkVersion };
}

/** `Issuing/Cards.d.ts` → `issuing.cards`: how the SDK addresses the resource a file declares. */
export function resourceName(resources: string, file: SourceFile): string {
  return file
    .getFilePath()
    .slice(resources.length + 1)
    .replace(/\.d\.ts$/, '')
    .split('/')
    .map((part) => part[0]!.toLowerCase() + part.slice(1))
    .join('.');
}

/** The value of an interface's `object` property: what Stripe calls the thing it declares. */
export function objectName(declaration: InterfaceDeclaration): string | undefined {
  const bases = declaration.getBaseDeclarations().filter(Node.isInterfaceDeclaration);
  const type = [declaration, ...bases].map((each) => each.getProperty('object')?.getTypeNode()).find(Boolean);
  if (!Node.isLiteralTypeNode(type)) return undefined;
  const literal = type.getLiteral();
  if (!Node.isStringLiteral(literal)) return undefined;
  const deleted = declaration.getName().startsWith('Deleted') && declaration.getProperty('deleted');
  return (deleted ? 'deleted:' : '') + literal.getLiteralValue();
}
