import { Button, FileButton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { IconUpload } from '../icons.tsx';
import classes from './file-drop.module.css';

interface FileDropProps {
  readonly accept: string;
  readonly choose: string;
  readonly drop: string;
  readonly onFile: (file: File) => void;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
}

/** A place to drop a file, with a real button for everyone who cannot drag. */
export function FileDrop({ accept, choose, drop, onFile, disabled = false, children }: FileDropProps) {
  const [isOver, setIsOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same by keyboard
    <div
      className={classes.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(!disabled);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const file = event.dataTransfer.files[0];
        if (file && !disabled) onFile(file);
      }}
    >
      <FileButton accept={accept} onChange={(file) => file && onFile(file)} disabled={disabled}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconUpload size={18} />}>
            {choose}
          </Button>
        )}
      </FileButton>
      <span className={classes.hint}>{drop}</span>
      {children}
    </div>
  );
}
