import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';

/** Reads the address of an MLflow server. @throws ProblemError `no-tracking-uri`, `bad-tracking-uri` */
export function parseTrackingUri(text: string | undefined): URL {
  if (text === undefined || text.trim() === '') {
    throw new ProblemError({
      code: 'no-tracking-uri',
      message: 'No MLflow server is named.',
      cure: 'Start one with `mlflow server` and set MLFLOW_TRACKING_URI=http://127.0.0.1:5000.',
    });
  }
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ProblemError({
    code: 'bad-tracking-uri',
    message: `MLflow is reached through its server, whose address begins with http:// or https://; found ${JSON.stringify(hidePasswords(text))}.`,
    cure: cureFor(text),
  });
}

/** The same without user, password, what follows `?` and a slash at the end: requests' addresses are built on it, and people see it. */
export function bareAddress(url: URL): string {
  const bare = new URL(url);
  bare.username = bare.password = bare.search = bare.hash = '';
  return bare.href.replace(/\/+$/, '');
}

function cureFor(text: string): string {
  if (/^(databricks|uc)\b/i.test(text)) {
    return "Databricks has logins of its own, which are not supported here: use an MLflow server's address.";
  }
  if (/^[\w.-]+:\d+(\/|$)/.test(text)) return `Write http://${text} (or https://).`;
  const store = hidePasswords(text);
  return `Start a server with \`mlflow server --backend-store-uri ${store}\` and set MLFLOW_TRACKING_URI=http://127.0.0.1:5000.`;
}
