/** What the frame has and every mini-app takes from it, under the names by which programs import it. */
export const FRAME_SHARES = [
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react/compiler-runtime',
  'react-dom',
  'react-dom/client',
] as const;

/** The React of the frame. A mini-app that asks for another one brings its own. */
export const FRAME_REACT_VERSION = '19.3.1';

/**
 * The name of an app's container: an identifier of JavaScript, another one for every app.
 *
 * @example
 * remoteNameOf('vn.example.gift-shop'); // 'vn$example$gift_shop'
 */
export function remoteNameOf(appId: string): string {
  return appId.replaceAll('.', '$').replaceAll('-', '_');
}
