import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderApp, startStandIn } from '../../testing/index.ts';
import { LanguageSwitch } from '../shell/language-switch.tsx';
import { type LoadTexts, useLocal, useTexts, useUiTexts } from './language.ts';

beforeEach(() => {
  startStandIn();
});

const texts: LoadTexts = async (language) => ({ hello: language === 'en' ? 'Hello {{name}}' : 'Chào {{name}}' });

function Words() {
  const t = useTexts<{ hello: string }>();
  const ui = useUiTexts();
  const local = useLocal();
  return (
    <>
      <LanguageSwitch />
      <p>{t('hello', { name: '<Ánh> & Bình' })}</p>
      <p>{ui('retry')}</p>
      <p>{local({ vi: 'của đối tác', en: 'of the partner' })}</p>
    </>
  );
}

describe('the language', () => {
  it('is Vietnamese for who never chose, and the page says so to screen readers', async () => {
    await renderApp(<Words />, { texts });
    expect(screen.getByText('Thử lại')).toBeTruthy();
    expect(document.documentElement.lang).toBe('vi');
    expect(document.cookie).not.toContain('chung_lang');
  });

  it('is what was chosen before on any page of the site', async () => {
    await renderApp(<Words />, { texts, language: 'en' });
    expect(screen.getByText('Try again')).toBeTruthy();
    expect(document.documentElement.lang).toBe('en');
  });

  it('switches all texts at once, is remembered by the cookie, and switches back', async () => {
    const { user } = await renderApp(<Words />, { texts });
    await user.click(screen.getByRole('button', { name: 'English' }));
    for (const words of ['Hello <Ánh> & Bình', 'Try again', 'of the partner']) expect(await screen.findByText(words)).toBeTruthy();
    expect(document.cookie).toContain('chung_lang=en');
    expect(document.documentElement.lang).toBe('en');
    await user.click(screen.getByRole('button', { name: 'Tiếng Việt' }));
    for (const words of ['Chào <Ánh> & Bình', 'Thử lại', 'của đối tác']) expect(await screen.findByText(words)).toBeTruthy();
    expect(document.cookie).toContain('chung_lang=vi');
  });

  it('is offered in its own name and marked as that language', async () => {
    await renderApp(<Words />, { texts });
    expect(screen.getByRole('button', { name: 'English' }).getAttribute('lang')).toBe('en');
  });

  it('that nobody offers is Vietnamese', async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: what someone may have typed into their browser
    document.cookie = 'chung_lang=xx; Path=/';
    await renderApp(<Words />, { texts });
    expect(screen.getByText('Thử lại')).toBeTruthy();
  });

  describe('of which the texts do not load', () => {
    const failing: LoadTexts = async (language) => {
      if (language === 'en') throw new TypeError('chunk gone');
      return texts(language);
    };

    it.each([
      ['without a connection stays what it was', false, 'vi'],
      ['after a deploy comes with the page loaded anew', true, 'en'],
    ])('%s', async (_, online, remembered) => {
      vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(online);
      const reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
      const { user } = await renderApp(<Words />, { texts: failing });
      await user.click(screen.getByRole('button', { name: 'English' }));
      await waitFor(() => expect(reload).toHaveBeenCalledTimes(online ? 1 : 0));
      expect(document.cookie.includes('chung_lang=en')).toBe(online);
      expect(document.documentElement.lang).toBe(remembered);
      // Never a page of keys in between.
      expect(screen.getByText('Thử lại')).toBeTruthy();
    });
  });
});
