/** What only portal and console use, apart from the main entry so that the member app never loads it. */
export { Figure, Figures } from './desk/figure.tsx';
export { FilterTabs } from './desk/filter-tabs.tsx';
export { type Fact, Facts, Panel } from './desk/panel.tsx';
export { Tag, type Tone } from './desk/tag.tsx';
export { type BenefitWords, benefitWords, conditionWords } from './offer/benefit-words.ts';
export { OfferPreview, type PreviewedOffer } from './offer/offer-preview.tsx';
export { useProvinces } from './offer/use-provinces.ts';
export { FileDrop } from './upload/file-drop.tsx';
export { type UploadState, useUpload } from './upload/use-upload.ts';
