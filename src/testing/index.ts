export { createEmulator, listen, type Emulator, type EmulatorOptions } from '../emulator/index.ts';
export { connect } from '../scenarios/connect.ts';
export { compareMirror, type MirrorCheck } from '../scenarios/receive.ts';
export { signedRequest, type SignedRequestOptions } from './signed-request.ts';
export { storeConformance } from './store-conformance.ts';
