import { createRoot } from 'react-dom/client'
import { Provider } from 'react-redux'
import { app, useAppState } from './app.ts'
import { LoginPage } from './components/LoginPage.tsx'
import { MonitorPage } from './components/MonitorPage.tsx'
import 'uplot/dist/uPlot.min.css'
import './style.css'

function Page() {
  return useAppState(({ session }) => session.name) === null ? <LoginPage /> : <MonitorPage />
}

createRoot(document.querySelector('#app')!).render(
  <Provider store={app._store}>
    <Page />
  </Provider>,
)
