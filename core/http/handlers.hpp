#pragma once
/// @file
/// The handlers behind the route table, grouped by the file that holds them.

#include "core/http/exchange.hpp"

namespace pakn::http {

// intake.cpp
void postPetition(const Call& call, const Respond& respond);

// citizen.cpp
Response track(const Call& call);
Response trackFile(const Call& call);
Response rate(const Call& call);
Response supplement(const Call& call);
Response reopen(const Call& call);

// codes.cpp
Response sendTrackCode(const Call& call);
Response openByCode(const Call& call);
Response setMyDevice(const Call& call);

// session.cpp
Response openSession(const Call& call);
Response me(const Call& call);
Response changePassword(const Call& call);
Response myContact(const Call& call);
Response setMyContact(const Call& call);

// sign_in.cpp
Response signInWays(const Call& call);
Response beginSignIn(const Call& call);
Response finishSignIn(const Call& call);
Response citizenSession(const Call& call);
void closeCitizenSession(const Call& call, const Respond& respond);
void closeSession(const Call& call, const Respond& respond);

// officers.cpp
Response listTasks(const Call& call);
Response listPetitions(const Call& call);
Response petition(const Call& call);
Response petitionEvents(const Call& call);
Response petitionFile(const Call& call);

// notices.cpp
Response listNotices(const Call& call);
Response readNotices(const Call& call);

// accounts.cpp
Response listPeople(const Call& call);

// organisation.cpp
Response organisation(const Call& call);

// templates.cpp
Response listTemplates(const Call& call);
Response filledText(const Call& call);
Response letter(const Call& call);

// statistics.cpp
Response statistics(const Call& call);

// actions.cpp
Response legalActionsOf(const Call& call);
Response act(const Call& call);
Response acknowledge(const Call& call);
Response revealIdentity(const Call& call);
Response revealOriginal(const Call& call);

// triage.cpp
Response transfer(const Call& call);
Response nameComplained(const Call& call);
Response acceptEmergency(const Call& call);

// place.cpp
Response correctPlace(const Call& call);

// similar.cpp
Response similar(const Call& call);

// knowledge.cpp
Response listArticles(const Call& call);
Response article(const Call& call);
Response articleVersions(const Call& call);
Response putArticle(const Call& call);

// calls.cpp
Response listCalls(const Call& call);
Response findCaller(const Call& call);
Response hearRecording(const Call& call);

// incidents.cpp
Response openIncident(const Call& call);
Response incident(const Call& call);
Response addToIncident(const Call& call);
Response markSeen(const Call& call);

// roster.cpp
Response readRoster(const Call& call);
Response addShift(const Call& call);
Response replaceRoster(const Call& call);

// substitutes.cpp
Response listSubstitutes(const Call& call);
Response nameSubstitute(const Call& call);
Response endSubstitute(const Call& call);

// role_requests.cpp
Response listRoleRequests(const Call& call);
Response askForRole(const Call& call);
Response approveRole(const Call& call);
Response refuseRole(const Call& call);

// operations.cpp
Response listDeliveries(const Call& call);
Response replayDelivery(const Call& call);
Response discardDelivery(const Call& call);
Response connectors(const Call& call);
Response pauseConnector(const Call& call);
Response resumeConnector(const Call& call);
Response testConnector(const Call& call);
Response healthz(const Call& call);
Response readyz(const Call& call);
Response metrics(const Call& call);

// pages.cpp
Response signInPage(const Call& call);
Response signInScript(const Call& call);
Response signInStyle(const Call& call);
Response openapiDocument(const Call& call);

}  // namespace pakn::http
