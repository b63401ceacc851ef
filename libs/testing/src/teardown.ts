// oxlint-disable-next-line import/no-default-export -- what Jest takes
export { releaseServer as default } from './kept-server.js';
