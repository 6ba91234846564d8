// React tells its development tools of itself as it is loaded, which is here, before the app brings the tool for hot reload along. So the
// hook waits for it with what came before. In the frame of members there is nothing: React asks for the hook and goes on without.
if (process.env['NODE_ENV'] === 'development') {
  const renderers = new Map<number, unknown>();
  const nothing = () => {};
  const hook = {
    renderers,
    supportsFiber: true,
    inject: (renderer: unknown) => {
      renderers.set(renderers.size + 1, renderer);
      return renderers.size;
    },
    ...{ onScheduleFiberRoot: nothing, onCommitFiberRoot: nothing, onCommitFiberUnmount: nothing, checkDCE: nothing },
  };
  Reflect.set(globalThis, '__REACT_DEVTOOLS_GLOBAL_HOOK__', hook);
}

export {};
