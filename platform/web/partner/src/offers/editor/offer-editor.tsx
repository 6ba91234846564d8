import { useTexts } from '@chung/ui';
import type { ReactNode } from 'react';
import type { PartnerTexts } from '../../texts/vi.ts';
import { AllocationSection } from './allocation-section.tsx';
import { BasicsSection } from './basics-section.tsx';
import { BenefitSection } from './benefit-section.tsx';
import { FulfilmentSection, FundingSection, StockSection, WindowSection } from './delivery-sections.tsx';
import classes from './editor.module.css';
import { type Editor, EditorProvider } from './editor-context.tsx';
import { EligibilitySection } from './eligibility-section.tsx';
import { SidePanel } from './side-panel.tsx';

interface OfferEditorProps {
  readonly editor: Editor;
  readonly isDirty: boolean;
  readonly problemCount: number;
  /** Save and submit; at the bottom of the window, always at hand. */
  readonly actions: ReactNode;
  /** Why the next step is not open yet. */
  readonly note?: string;
  readonly onSubmit: () => void;
}

export function OfferEditor({ editor, isDirty, problemCount, actions, note, onSubmit }: OfferEditorProps) {
  const t = useTexts<PartnerTexts>();
  const words = problemCount > 0 ? t('editor.problems', { count: problemCount }) : (note ?? (isDirty ? t('editor.unsaved') : ''));
  return (
    <EditorProvider value={editor}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <div className={classes.layout}>
          <div className={classes.sections}>
            <BasicsSection />
            <BenefitSection />
            <FundingSection />
            <StockSection />
            <WindowSection />
            <AllocationSection />
            <FulfilmentSection />
            <EligibilitySection />
          </div>
          <SidePanel />
        </div>
        {!editor.isLocked && (
          <div className={classes.bar}>
            <span className={classes.barWords} role="status" data-tone={problemCount > 0 ? 'bad' : undefined}>
              {words}
            </span>
            {actions}
          </div>
        )}
      </form>
    </EditorProvider>
  );
}
