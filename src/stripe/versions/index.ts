export { VERSION_CHANGES } from './changes.ts';
export type { EventChange, ObjectChange, RequestChange, Surroundings, VersionChanges } from './define.ts';
export { isSentAt, renderEvent, type Difference } from './events.ts';
export {
  API_VERSIONS,
  NEWEST_VERSION,
  UnknownVersionError,
  compareVersions,
  isApiVersion,
  readVersion,
  type ApiVersion,
} from './list.ts';
export { expandableAt, render } from './render.ts';
export { paramsAt, paramsSince, refusalOf, requestChanges, respellParams, upgradeParams } from './requests.ts';
